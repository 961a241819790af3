"""The clerk's desk: call, start, finish, transfer."""
