import type { Type } from './type.ts';

/** Hive's word for a type, as the catalog keeps it; undefined for a type that tables cannot hold. */
export function hiveTypeText(type: Type): string | undefined {
  switch (type.base) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'bigint':
    case 'double':
    case 'date':
    case 'timestamp':
      return type.base;
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'varbinary':
      return 'binary';
    case 'varchar':
      return 'string';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array': {
      const element = hiveTypeText(type.element);
      return element === undefined ? undefined : `array<${element}>`;
    }
    case 'map': {
      const [key, value] = [hiveTypeText(type.key), hiveTypeText(type.value)];
      return key === undefined || value === undefined ? undefined : `map<${key},${value}>`;
    }
    case 'row': {
      const fields = type.fields.map((field) => {
        const inner = hiveTypeText(field.type);
        return field.name === undefined || inner === undefined
          ? undefined
          : `${field.name.toLowerCase()}:${inner}`;
      });
      return fields.includes(undefined) ? undefined : `struct<${fields.join(',')}>`;
    }
    default:
      return undefined;
  }
}
