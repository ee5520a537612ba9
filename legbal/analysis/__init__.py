"""What happened on a ride?"""
