"""Fetches from the network: a Request becomes a Fetched, or a Failed that says why.

client     asks for one address, with redirects
guard      refuses private addresses, at the place where the socket is opened
hosts      how long to wait before a host is asked again
robots     what a site's robots.txt allows
response   reads an answer: its status, its headers and its compressed body
errors     turns exceptions of the HTTP library into Failed
limits     time, size and number of requests, for each server and in all
ledger     a request as it is stored, with its outcome
"""
