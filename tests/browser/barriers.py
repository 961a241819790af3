"""What axe-core finds wrong on a page: WCAG 2.2 A and AA, what it can see of AAA, and good practice."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """async (rules) => {
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200))]);
}"""


def barriers(page: Page, rules: tuple[str, ...] = RULES) -> list[tuple[str, list[str]]]:
    """Each rule that is broken, and where; the page learns the rules once, as they are long."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [(rule, nodes) for rule, nodes in page.evaluate(LOOK, list(rules))]
