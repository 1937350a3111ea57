"""A dlt destination that loads into an Iceberg catalog: each load is one snapshot, or none.

dlt's own Iceberg tables need the bucket's credentials and a folder beside the tables for what dlt remembers.
Here the catalog is all that is needed: it says where tables lie and lends the credentials, and what dlt must
not forget (cursors, which run loaded last) is a property of the table, committed with the rows.
"""
