"""What a user does, in his words, on the whole program."""
