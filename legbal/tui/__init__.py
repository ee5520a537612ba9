"""What does the rider see?"""
