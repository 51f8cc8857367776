"""An interface for machines: account requests over HTTP, as jobs that survive a restart.

The command line does all of this without a server; what is here adds callers, a queue and a record of both. FastAPI
answers, a worker of its own process works (it runs the project's own Python, which may have changed since the last
job), and one SQLite file keeps jobs, events, tokens and the audit log.

Calls are retried: what is answered with 202 is on the disk, the same Idempotency-Key with the same body is the same
job (draft-ietf-httpapi-idempotency-key-header), and a job that was cut off is taken up again. Errors are problem
documents (RFC 9457) that carry what every error of landform carries.
"""
