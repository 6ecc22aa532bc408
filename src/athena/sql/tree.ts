import type { Type } from '../types/type.ts';

/** The tree of a statement, as parsed: names are not resolved and nothing has a type yet. */

export interface Identifier {
  /** In lower case: Athena compares names without case, quoted or not. */
  readonly name: string;
  /** As written, for the names of result columns. */
  readonly written: string;
  readonly at: number;
}

export type Expression =
  | { readonly kind: 'null'; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'binary'; readonly hex: string; readonly at: number }
  | {
      readonly kind: 'number';
      readonly form: 'integer' | 'decimal' | 'double';
      readonly text: string;
      readonly at: number;
    }
  /** `DATE '2024-01-01'`: a cast of a constant that is checked when the query is planned. */
  | { readonly kind: 'typed'; readonly type: Type; readonly value: string; readonly at: number }
  | {
      readonly kind: 'interval';
      readonly value: string;
      readonly unit: string;
      readonly to?: string;
      readonly negative: boolean;
      readonly at: number;
    }
  | { readonly kind: 'name'; readonly name: Identifier; readonly at: number }
  | { readonly kind: 'field'; readonly base: Expression; readonly field: Identifier; readonly at: number }
  | { readonly kind: 'subscript'; readonly base: Expression; readonly index: Expression; readonly at: number }
  | Call
  | {
      readonly kind: 'lambda';
      readonly parameters: readonly Identifier[];
      readonly body: Expression;
      readonly at: number;
    }
  | { readonly kind: 'negate'; readonly sign: '+' | '-'; readonly operand: Expression; readonly at: number }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '%' | '||';
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'AND' | 'OR';
      readonly terms: readonly Expression[];
      readonly at: number;
    }
  | { readonly kind: 'not'; readonly operand: Expression; readonly at: number }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean; readonly at: number }
  | {
      readonly kind: 'isDistinct';
      readonly left: Expression;
      readonly right: Expression;
      readonly negated: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'inList';
      readonly operand: Expression;
      readonly items: readonly Expression[];
      readonly negated: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'inQuery';
      readonly operand: Expression;
      readonly query: Query;
      readonly negated: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'quantified';
      readonly operator: CompareOperator;
      readonly quantifier: 'ALL' | 'ANY';
      readonly left: Expression;
      readonly query: Query;
      readonly at: number;
    }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly negated: boolean;
      readonly at: number;
    }
  | { readonly kind: 'exists'; readonly query: Query; readonly at: number }
  | { readonly kind: 'subquery'; readonly query: Query; readonly at: number }
  | {
      readonly kind: 'case';
      readonly operand?: Expression;
      readonly whens: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'cast';
      readonly operand: Expression;
      readonly type: Type;
      readonly safe: boolean;
      readonly at: number;
    }
  | { readonly kind: 'extract'; readonly part: string; readonly operand: Expression; readonly at: number }
  | {
      readonly kind: 'atTimeZone';
      readonly operand: Expression;
      readonly zone: Expression;
      readonly at: number;
    }
  | { readonly kind: 'array'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly kind: 'row'; readonly items: readonly Expression[]; readonly at: number }
  | JsonPathCall
  | {
      readonly kind: 'jsonObject';
      readonly members: readonly ({ readonly key: Expression } & JsonPiece)[];
      /** Else a member whose value is NULL is left out. */
      readonly keepsNull: boolean;
      readonly unique: boolean;
      readonly returning?: Type;
      readonly at: number;
    }
  | {
      readonly kind: 'jsonArray';
      readonly items: readonly JsonPiece[];
      readonly keepsNull: boolean;
      readonly returning?: Type;
      readonly at: number;
    }
  | { readonly kind: 'parameter'; readonly position: number; readonly at: number };

/** A value put into JSON; `isJson` where it was marked as JSON's own text. */
export interface JsonPiece {
  readonly value: Expression;
  readonly isJson: boolean;
}

/** `json_value(text, 'lax $.a' …)` and its like. */
export interface JsonPathCall {
  readonly kind: 'jsonPath';
  readonly name: 'json_value' | 'json_query' | 'json_exists';
  readonly input: Expression;
  readonly path: string;
  readonly pathAt: number;
  readonly returning?: Type;
  readonly wrapper: 'none' | 'conditional' | 'always';
  readonly quotes?: 'OMIT' | 'KEEP' | undefined;
  readonly onEmpty: JsonFallback;
  readonly onError: JsonFallback;
  readonly at: number;
}

/** What comes where a path leads nowhere, or fails. */
export type JsonFallback =
  | { readonly kind: 'null' | 'error' | 'true' | 'false' | 'array' | 'object' }
  | { readonly kind: 'default'; readonly value: Expression };

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface Call {
  readonly kind: 'call';
  /** In lower case. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly orderBy: readonly SortItem[];
  readonly filter?: Expression;
  readonly nulls?: 'IGNORE' | 'RESPECT';
  readonly over?: Window | Identifier;
  readonly at: number;
}

export interface Window {
  readonly base?: Identifier;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame?: Frame;
}

export interface Frame {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
  readonly start: FrameBound;
  readonly end?: FrameBound;
}

export interface FrameBound {
  readonly kind: 'UNBOUNDED PRECEDING' | 'PRECEDING' | 'CURRENT ROW' | 'FOLLOWING' | 'UNBOUNDED FOLLOWING';
  readonly offset?: Expression;
}

export interface SortItem {
  readonly expression: Expression;
  readonly descending: boolean;
  /** Athena puts NULL last in either direction when nothing is said. */
  readonly nullsFirst: boolean;
}

export interface Query {
  readonly with: readonly WithQuery[];
  readonly recursive: boolean;
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[];
  readonly offset?: Expression;
  readonly limit?: Expression;
  readonly withTies?: boolean;
  readonly at: number;
}

export interface WithQuery {
  readonly name: Identifier;
  readonly columns?: readonly Identifier[];
  readonly query: Query;
}

export type QueryBody =
  | Select
  | {
      readonly kind: 'set';
      readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly all: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
      readonly at: number;
    }
  | { readonly kind: 'values'; readonly rows: readonly Expression[]; readonly at: number }
  | { readonly kind: 'table'; readonly name: readonly Identifier[]; readonly at: number }
  | { readonly kind: 'query'; readonly query: Query; readonly at: number };

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: Relation;
  readonly where?: Expression;
  readonly groupBy?: GroupBy;
  readonly having?: Expression;
  readonly windows: readonly { readonly name: Identifier; readonly window: Window }[];
  readonly at: number;
}

export type SelectItem =
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly alias?: Identifier;
      readonly at: number;
    }
  | {
      readonly kind: 'all';
      readonly of?: Expression;
      readonly aliases?: readonly Identifier[];
      readonly at: number;
    };

export interface GroupBy {
  readonly distinct: boolean;
  readonly elements: readonly GroupingElement[];
}

export type GroupingElement =
  | { readonly kind: 'simple'; readonly expressions: readonly Expression[]; readonly at: number }
  | {
      readonly kind: 'rollup' | 'cube' | 'sets';
      readonly sets: readonly (readonly Expression[])[];
      readonly at: number;
    };

export type Relation =
  | { readonly kind: 'tableName'; readonly name: readonly Identifier[]; readonly at: number }
  | { readonly kind: 'subqueryRelation'; readonly query: Query; readonly at: number }
  | { readonly kind: 'lateral'; readonly query: Query; readonly at: number }
  | {
      readonly kind: 'unnest';
      readonly items: readonly Expression[];
      readonly ordinality: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'alias';
      readonly relation: Relation;
      readonly alias: Identifier;
      readonly columns?: readonly Identifier[];
      readonly at: number;
    }
  | {
      readonly kind: 'sample';
      readonly relation: Relation;
      readonly method: 'BERNOULLI' | 'SYSTEM';
      readonly percent: Expression;
      readonly at: number;
    }
  | Join;

export interface Join {
  readonly kind: 'join';
  readonly type: 'CROSS' | 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
  readonly left: Relation;
  readonly right: Relation;
  readonly natural: boolean;
  readonly on?: Expression;
  readonly using?: readonly Identifier[];
  readonly at: number;
}
