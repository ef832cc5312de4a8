import { parseSync } from "vite";

/** The same in every language; single capitals are keys. */
const NAMES = /^(vicon|PDF|CSV|JSON|ODT|HTTP|Esc|kbit\/s|ms|s|p|dB|[A-Z])$/;
/** Attributes of an element that a person reads or hears. */
const READ = new Set(["alt", "aria-description", "aria-label", "label", "placeholder", "title"]);

interface Node {
  type: string;
  [part: string]: unknown;
}

/** Words that stand in a page's source, and so in one language alone; `name` ends in .tsx. */
export function unspoken(name: string, source: string): string[] {
  const { program, errors } = parseSync(name, source);
  if (errors.length > 0) throw new SyntaxError(`${name}: ${errors[0]?.message}`);
  const found: string[] = [];
  walk(program, (node) => {
    if (node.type === "JSXText") found.push(String(node.value));
    else if (node.type === "JSXElement" || node.type === "JSXFragment") {
      for (const child of node.children as Node[]) {
        if (child.type === "JSXExpressionContainer") found.push(...saidBy(child.expression as Node));
      }
    } else if (node.type === "JSXAttribute" && READ.has(attribute(node))) {
      const value = node.value as Node | null;
      if (value?.type === "JSXExpressionContainer") found.push(...saidBy(value.expression as Node));
      else if (value) found.push(...saidBy(value));
    }
  });
  return found.flatMap(words);
}

function attribute(node: Node): string {
  return String((node.name as Node).name);
}

/** Literal texts that an expression may come to. */
function saidBy(node: Node): string[] {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return (node.quasis as { value: { cooked: string } }[]).map((part) => part.value.cooked);
    case "ConditionalExpression":
      return [...saidBy(node.consequent as Node), ...saidBy(node.alternate as Node)];
    case "LogicalExpression":
    case "BinaryExpression":
      return node.operator === "===" || node.operator === "!=="
        ? []
        : [...saidBy(node.left as Node), ...saidBy(node.right as Node)];
    default:
      return [];
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => /\p{L}/u.test(word) && !NAMES.test(word.replace(/[.,:;()]/g, "")));
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit);
  else if (node && typeof node === "object") {
    if ("type" in node) visit(node as Node);
    for (const part of Object.values(node)) walk(part, visit);
  }
}
