"""The centre's memory: the log of facts, the tables read from it, and every question asked of them."""
