/**
 * Rules of this project that no published plugin has. Each is switched on for the folders it is meant for in
 * eslint.config.mjs, and shown to fail in tools/src/lint-rules.spec.ts.
 */
const moneyWord = /amount|balance|money|minor|posted|available|held|unreleased|refunded|dispensed/i;

/** A name that says: this is a piece of SQL or a name in the schema, never a value that came from outside. */
const structureWord = /(sql|table|tables|column|columns|partition|schema|index|names|sets|clause|alias|condition|conditions|order)$/i;

const beginsLikeSql = /^\s*(select\s|insert\s+into\s|update\s|delete\s+from\s|with\s+\S+\s+as\s|truncate\s|lock\s+table\s)/i;

/** One rule made of one visitor: what it looks for, and the sentence it says. */
const rule = (message, visitorOf) => ({
  meta: { type: 'problem', schema: [], messages: { no: message } },
  create: (context) => visitorOf((node) => context.report({ node, messageId: 'no' }), context),
});

const calleeName = (call) => call.callee.name ?? call.callee.property?.name;

const noFloatMoney = rule(
  'Money is bigint minor units: parseFloat, toFixed, Number() and unary plus on an amount can round it. Use @falconpay/money.',
  (report, context) => ({
    "CallExpression[callee.name='parseFloat']": report,
    "CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']": report,
    "CallExpression[callee.property.name='toFixed']": report,
    "CallExpression[callee.name='Number']": (node) => {
      if (node.arguments.some((argument) => moneyWord.test(context.sourceCode.getText(argument)))) report(node);
    },
    "UnaryExpression[operator='+']": (node) => {
      if (moneyWord.test(context.sourceCode.getText(node.argument))) report(node);
    },
  }),
);

const noAmbientInput = rule(
  'A decision depends on its message, its rows and its moment alone, so that it can be replayed: take time, ids and chance as arguments.',
  (report) => ({
    "CallExpression[callee.object.name='Date'][callee.property.name='now']": report,
    "NewExpression[callee.name='Date'][arguments.length=0]": report,
    "CallExpression[callee.name='Date']": report,
    "CallExpression[callee.object.name='Math'][callee.property.name='random']": report,
    "CallExpression[callee.object.name='performance'][callee.property.name='now']": report,
    "CallExpression[callee.property.name='hrtime']": report,
    'CallExpression[callee.name=/^random(UUID|Bytes|Int)$/]': report,
    'CallExpression[callee.property.name=/^random(UUID|Bytes|Int)$/]': report,
    "MemberExpression[object.name='process'][property.name='env']": report,
    'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|fetch)$/]': report,
  }),
);

const isStructure = (node) => {
  if (node.type === 'Literal') return true;
  if (node.type === 'Identifier') return structureWord.test(node.name);
  if (node.type === 'MemberExpression') return !node.computed && structureWord.test(node.property.name);
  if (node.type === 'CallExpression' && /^(quote|identifier)|(Sql|Columns)$/.test(calleeName(node) ?? '')) return true;
  if (node.type === 'CallExpression') return node.callee.type === 'MemberExpression' && isStructure(node.callee.object);
  if (node.type === 'ConditionalExpression') return isStructure(node.consequent) && isStructure(node.alternate);
  return node.type === 'TemplateLiteral' && node.expressions.every(isStructure);
};

const isSqlText = (template) => {
  const parent = template.parent;
  if (parent.type === 'CallExpression' && parent.arguments[0] === template && /^(query|execute)$/.test(calleeName(parent) ?? ''))
    return true;
  return beginsLikeSql.test(template.quasis[0].value.raw);
};

const insideFunction = (node) => {
  for (let above = node.parent; above; above = above.parent) if (/Function/.test(above.type)) return true;
  return false;
};

const noSqlValues = rule(
  'A value in the text of a statement is an injection and a new plan each time: pass it as a parameter ($1). Pieces of SQL have names that say so (…Sql, …Table, …Columns).',
  (report) => ({
    TemplateLiteral: (node) => {
      if (isSqlText(node) && insideFunction(node) && !node.expressions.every(isStructure)) report(node);
    },
    "CallExpression[callee.property.name=/^(query|execute)$/] > BinaryExpression[operator='+'].arguments": report,
  }),
);

const noBarrel = rule(
  'No barrel files: a package exports its files one by one, so that an import names the file it needs and a cycle shows.',
  (report, context) => ({
    ExportAllDeclaration: report,
    Program: (node) => {
      if (/(^|[\\/])index\.[cm]?[jt]sx?$/.test(context.filename)) report(node);
    },
  }),
);

const noStrayKafkajs = rule('Only libs/kafka speaks kafkajs: the guarantees of publishing and consuming are held there.', (report) => ({
  'ImportDeclaration[source.value=/^kafkajs/]': report,
  'ImportExpression[source.value=/^kafkajs/]': report,
}));

export default {
  meta: { name: 'falconpay' },
  rules: {
    'no-float-money': noFloatMoney,
    'no-ambient-input': noAmbientInput,
    'no-sql-values': noSqlValues,
    'no-barrel': noBarrel,
    'no-stray-kafkajs': noStrayKafkajs,
  },
};
