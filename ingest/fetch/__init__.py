"""The network. A Request becomes a Fetched, or a Failed that says why.

client     asks for one address, with redirects
guard      refuses private addresses, where the socket opens
hosts      how long to wait before a host is asked again
robots     what a site's robots.txt allows
response   what a status, headers and a compressed body mean
errors     what the HTTP library raises becomes a Failed
limits     what a server may cost us, and what we may cost it
ledger     a request as it is stored, however it ended
"""
