"""Who sent the bytes, and what can that meter know?"""
