"""
Definitions as text: read with positions, compiled to machines, checked, rendered.

`configuration.compile_configuration` is the way in, `restore.machine_from_document` the
way back from what `render.document` and `render.canonical` wrote, and `report.report`
shows diagnostics to people.
"""
