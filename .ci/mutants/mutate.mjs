import ts from 'typescript';

const { SyntaxKind } = ts;

/** What each binary operator is replaced with. */
const otherOperators = new Map([
  [SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [SyntaxKind.LessThanToken, '<='],
  [SyntaxKind.LessThanEqualsToken, '<'],
  [SyntaxKind.GreaterThanToken, '>='],
  [SyntaxKind.GreaterThanEqualsToken, '>'],
  [SyntaxKind.AmpersandAmpersandToken, '||'],
  [SyntaxKind.BarBarToken, '&&'],
  [SyntaxKind.PlusToken, '-'],
  [SyntaxKind.MinusToken, '+'],
  [SyntaxKind.AsteriskToken, '/'],
  [SyntaxKind.SlashToken, '*'],
  [SyntaxKind.PercentToken, '*'],
  [SyntaxKind.PlusEqualsToken, '-='],
  [SyntaxKind.MinusEqualsToken, '+='],
]);

/** What each method is replaced with. Methods that only sort or select are left out instead. */
const otherMethods = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
]);
const omittedMethods = new Set(['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice']);

const removableStatements = new Set([
  SyntaxKind.ExpressionStatement,
  SyntaxKind.ThrowStatement,
  SyntaxKind.ContinueStatement,
  SyntaxKind.BreakStatement,
]);

/**
 * A small fault put into a source file: the text from `start` to `end` becomes `replacement`.
 *
 * @typedef {object} Mutant
 * @property {string} file Path from the root of the repository.
 * @property {number} start
 * @property {number} end
 * @property {string} replacement
 * @property {number} line Counted from 1.
 * @property {string} before The replaced text.
 * @property {number | undefined} blockStart Start of the innermost block around it; undefined outside of blocks.
 */

/**
 * Lists every mutant of a source file: conditions negated, operators and boundaries changed, numbers and flags changed,
 * statements and elements removed. Types and texts are left as they are.
 *
 * @returns {Mutant[]}
 */
export function mutate(file, code) {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const mutants = [];
  const visit = (node, blockStart) => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    for (const { of = node, replacement } of replacementsOf(node, source)) {
      const start = of.getStart(source);
      const end = of.getEnd();
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      mutants.push({ file, start, end, replacement, line, before: code.slice(start, end), blockStart });
    }
    const inner = ts.isBlock(node) ? node.getStart(source) + 1 : blockStart;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(source, undefined);
  return mutants;
}

/** Replacements of a node, or of the part of it that is named by `of`. */
function* replacementsOf(node, source) {
  const text = node.getText(source);
  if (removableStatements.has(node.kind) || (ts.isReturnStatement(node) && !node.expression)) {
    if (!text.startsWith('super(')) yield { replacement: ';' };
  }
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) yield negation(node.expression, source);
  if (ts.isConditionalExpression(node)) yield negation(node.condition, source);
  if (ts.isBinaryExpression(node)) {
    const other = otherOperators.get(node.operatorToken.kind);
    if (other) yield { of: node.operatorToken, replacement: other };
    if (node.operatorToken.kind === SyntaxKind.QuestionQuestionToken) {
      yield { replacement: node.right.getText(source) };
    }
  }
  if (ts.isNumericLiteral(node)) yield { replacement: otherNumber(node) };
  if (node.kind === SyntaxKind.TrueKeyword) yield { replacement: 'false' };
  if (node.kind === SyntaxKind.FalseKeyword) yield { replacement: 'true' };
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) {
    yield { replacement: node.operand.getText(source) };
  }
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) yield { replacement: '[]' };
  if (ts.isSpreadAssignment(node)) yield { replacement: '' };
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { name, expression } = node.expression;
    const other = otherMethods.get(name.text);
    if (other) yield { of: name, replacement: other };
    if (omittedMethods.has(name.text)) yield { replacement: expression.getText(source) };
  }
}

function negation(condition, source) {
  return { of: condition, replacement: `!(${condition.getText(source)})` };
}

/** Far enough from the number that a test of what it means must notice. */
function otherNumber(literal) {
  const value = Number(literal.text);
  return String(Number.isInteger(value) && value < 3 ? value + 1 : value * 3);
}
