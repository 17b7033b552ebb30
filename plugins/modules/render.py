"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: render
short_description: Validate the options and render the release
description:
  - Gathers every option of the release and its component roles, refuses unknown names, coerces and checks values.
  - Renders the descriptions for the target. Runs in the controller and changes nothing.
options: {}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.render:
  register: _release
"""

RETURN = r"""
options: {description: Every option's final value but secrets., type: dict, returned: success}
components: {description: The components in the order of their needs., type: list, returned: success}
project: {description: The Compose project; secrets' digests are filled in by the plan., type: dict, returned: on a Compose host}
files: {description: "Texts that components mount and that are no secrets, by the name of their file.", type: dict, returned: on a Compose host}
objects: {description: "The Kubernetes objects in the order to apply: component and object each.", type: list, returned: on a cluster}
secrets: {description: The names of the secrets that components mount., type: list, returned: success}
secret_volumes: {description: The secrets that stored data depends on and its volume or claim., type: dict, returned: success}
front_door: {description: The URL at which users reach it; empty when none is known., type: str, returned: success}
images: {description: The image references., type: list, returned: success}
ports: {description: For each component its published address and port., type: dict, returned: success}
state_dir: {description: The state directory on the host., type: str, returned: success}
holder: {description: The controller's host and process., type: dict, returned: success}
"""
