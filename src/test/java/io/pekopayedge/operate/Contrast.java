package io.pekopayedge.operate;

/** Asks a page which of its texts are hard to read. */
final class Contrast {
    /** Every visible text whose colour is less than 4.5 : 1 against the first solid ground behind it. */
    static final String BELOW_4_5 = """
            () => {
              const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
              const light = (colour) => {
                const [r, g, b] = channels(colour).slice(0, 3).map((v) => v / 255)
                  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const ground = (node) => {
                for (let at = node; at; at = at.parentElement) {
                  const colour = getComputedStyle(at).backgroundColor;
                  if ((channels(colour)[3] ?? 1) === 1) return colour;
                }
                return "rgb(255, 255, 255)";
              };
              const poor = [];
              for (const node of document.querySelectorAll("body *")) {
                const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
                if (!text || !node.checkVisibility()) continue;
                const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < 4.5) poor.push(`${node.tagName} ${node.className} "${node.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
              }
              return poor;
            }
            """;

    private Contrast() {}
}
