"""Where things are: communes and the 200 m grid."""
