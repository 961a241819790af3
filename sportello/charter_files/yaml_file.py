"""A charter as a YAML text."""

from decimal import Decimal

import yaml

from sportello.charter_files.tree import Tree, figure


class _Dumper(yaml.SafeDumper):
    """Decimals keep their figures; nothing is written as a reference to something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", figure(value))


_Dumper.add_representer(Decimal, _decimal)


def written(tree: Tree) -> bytes:
    text: str = yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()
