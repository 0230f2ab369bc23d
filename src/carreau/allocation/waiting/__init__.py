"""Waiting times: how long those who ask wait, by place, rooms and priority; and whether later leases say the same."""
