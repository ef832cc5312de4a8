"""The HTTP interface described as OpenAPI 3.1, made of its own parts: the table of routes and
rights (vicon.web.access), the types of what comes in and goes out (vicon.web.answers and the
handlers' own), and what the tables here say of each route. `document.text` is what
GET /api/v1/openapi.json gives and docs/schema/openapi.json holds.
"""
