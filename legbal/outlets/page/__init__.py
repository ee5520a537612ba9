"""What stands on a phone at the handlebar? One page of a ride as it goes, served on this computer or the network.

`outlet` takes in the ride, `words` says what the page shows, `document` is the page, `server` hands it out, and
`address` says where.
"""
