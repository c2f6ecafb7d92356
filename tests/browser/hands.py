"""Somebody with a keyboard and no mouse. At each step something has the focus, it is seen that it has, and Tab leaves it."""

from playwright.sync_api import Locator, Page

# A page's controls from its top to its end, and once around.
MOST_STEPS = 250
# Tab goes through the parts of a date before it leaves the field.
PARTS_OF_A_DATE = 5
FOCUS = """wanted => {
  const here = document.activeElement;
  if (!here || here === document.body) return { is: false, name: "", fault: "nothing has the focus" };
  const name = `${here.tagName.toLowerCase()} ${here.id || here.name || here.textContent.trim().slice(0, 40)}`;
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5 && !/, 0\\)$|transparent/.test(style.outlineColor);
  };
  const shown = [here, here.parentElement, here.closest(".stage")].some((element) => element && ringed(element));
  const box = here.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.width > 0;
  const fault = shown ? (inside ? "" : "outside the window") : "no ring";
  return { is: here === wanted, name, fault };
}"""


class Hands:
    """`faults`: where the focus could not be seen, was lost or could not leave."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, *keys: str) -> None:
        """And what has the focus then is seen to have it. Enter may lead away: what is there is looked at when it has come."""
        for key in keys:
            self.page.keyboard.press(key)
        if keys[-1] != "Enter":
            self.see()

    def see(self) -> None:
        """Where a key leads to another place of the page, that is scrolled to in the next frame."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self._note(self.page.evaluate(FOCUS, None))

    def _note(self, found: dict[str, str]) -> None:
        fault = f"{self.page.url.split('/', 3)[3]}: {found['name']}: {found['fault']}".replace(": :", ":")
        if found["fault"] and fault not in self.faults:
            self.faults.append(fault)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, control: Locator, key: str = "Tab") -> None:
        """Tab by Tab, until the control has the focus. From the page's last control Tab leads to the browser's own, and around."""
        wanted, before, still, ends = control.element_handle(), "", 0, 0
        for _ in range(MOST_STEPS):
            self.page.keyboard.press(key)
            found = self.page.evaluate(FOCUS, wanted)
            if found["fault"].startswith("nothing"):
                ends += 1
                assert ends < 3, f"Tab never comes to {control}"
                continue
            self._note(found)
            if found["is"]:
                return
            still = still + 1 if found["name"] == before else 0
            assert still < PARTS_OF_A_DATE, f"Tab does not leave {before}"
            before = found["name"]
        raise AssertionError(f"{control} is more than {MOST_STEPS} steps away")

    def go(self, control: Locator) -> None:
        """To a link or a button, and press it."""
        self.to(control)
        self.page.keyboard.press("Enter")

    def fill(self, control: Locator, text: str) -> None:
        """To a field, and type what it held before over."""
        self.to(control)
        self.page.keyboard.press("ControlOrMeta+a")
        self.type(text)

    def choose(self, control: Locator, beginning: str) -> None:
        """To a choice, and type how what is wanted begins."""
        self.to(control)
        self.type(beginning)
