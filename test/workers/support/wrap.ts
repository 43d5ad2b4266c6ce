/** The real thing, with some of its methods replaced. */
export function wrap<T extends object>(target: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === "string" && Object.hasOwn(methods, key)) return methods[key];
      const value: unknown = Reflect.get(object, key, object);
      return typeof value === "function" && key !== "constructor" ? value.bind(object) : value;
    },
  });
}
