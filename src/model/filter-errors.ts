// Errors about the shape of filters.

import { OmenError } from "../base/omen-error.js";
import { invalidInput } from "./invalid-input.js";

/** There is no such operator in this place. */
export function unknownOperator(field: string, operator: string, hint: string): OmenError {
  return invalidInput("filter_operator", field, operator, `There is no such operator here. ${hint}`);
}

/** A field is compared with an object that has no operator. */
export function nestedObject(value: object, field: string): OmenError {
  const message = `Objects are not compared as a whole; name their fields by paths, such as "a.b", or use an operator.`;
  return invalidInput("filter_value", field, value, message);
}

/** `$options` without what they are options of. */
export function misplacedOptions(value: unknown, field: string): OmenError {
  return invalidInput("filter_operator", field, value, "$options stands beside $regex only.");
}

/** A getter or a proxy of the caller threw. */
export function filterUnreadable(field: string, cause: unknown): OmenError {
  const received = "an object that threw when it was read";
  const message = `${field}: A filter must be plain data. Received ${received}.`;
  return new OmenError("invalid", "filter_unreadable", message, { field, received, cause });
}
