"""What do other programs read and write?"""
