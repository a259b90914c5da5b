type Method = (this: unknown, ...inputs: unknown[]) => unknown;
type Methods = Record<PropertyKey, unknown>;

const callbackMethods = [
  'every',
  'filter',
  'find',
  'findIndex',
  'flatMap',
  'forEach',
  'map',
  'reduce',
  'some',
];
const copyingMethods = ['concat', 'includes', 'indexOf', 'join', 'slice', 'toSorted'];

/**
 * How many steps `work` takes: calls of callbacks on arrays, items that an array method searches or copies, steps of
 * iterators, pieces of split text, and regular expressions. Unlike a time, the number is the same on every machine.
 */
export function countSteps(work: () => void): number {
  let steps = 0;
  const count = (more: number) => {
    steps += more;
  };
  const restores = [
    ...callbackMethods.map((name) => replace(Array.prototype, name, (method) => countCalls(method, count))),
    ...copyingMethods.map((name) => replace(Array.prototype, name, (method) => countLength(method, count))),
    ...[Array, Set, Map].map(({ prototype }) =>
      replace(prototype, Symbol.iterator, (method) => countIteration(method, count)),
    ),
    replace(String.prototype, 'split', (method) => countPieces(method, count)),
    replace(RegExp.prototype, 'exec', (method) => countOne(method, count)),
    replace(RegExp.prototype, 'test', (method) => countOne(method, count)),
  ];
  try {
    work();
  } finally {
    for (let index = restores.length - 1; index >= 0; index -= 1) restores[index]?.();
  }
  return steps;
}

type Count = (more: number) => void;

function replace(prototype: object, name: PropertyKey, wrap: (method: Method) => Method): () => void {
  const methods = prototype as Methods;
  const method = methods[name] as Method;
  methods[name] = wrap(method);
  return () => {
    methods[name] = method;
  };
}

function countOne(method: Method, count: Count): Method {
  return function counted(...inputs) {
    count(1);
    return method.apply(this, inputs);
  };
}

function countCalls(method: Method, count: Count): Method {
  return function counted(callback, ...inputs) {
    return method.call(this, countOne(callback as Method, count), ...inputs);
  };
}

function countLength(method: Method, count: Count): Method {
  return function counted(...inputs) {
    count((this as ArrayLike<unknown>).length);
    return method.apply(this, inputs);
  };
}

function countPieces(method: Method, count: Count): Method {
  return function counted(...inputs) {
    const pieces = method.apply(this, inputs);
    count((pieces as readonly string[]).length);
    return pieces;
  };
}

function countIteration(method: Method, count: Count): Method {
  return function counted() {
    const iterator = method.call(this) as Iterator<unknown>;
    return {
      next: () => {
        count(1);
        return iterator.next();
      },
      [Symbol.iterator]() {
        return this;
      },
    };
  };
}
