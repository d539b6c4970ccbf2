/** An operation's text that knows what it takes and what it answers. */
export class TypedDocumentString<Result, Variables> {
  declare readonly __apiType?: (variables: Variables) => Result;

  constructor(
    private readonly text: string,
    _meta?: unknown,
  ) {}

  toString(): string {
    return this.text;
  }
}
