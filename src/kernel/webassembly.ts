// Types of the part of WebAssembly's JavaScript interface that the kernels use. TypeScript has them only with the
// types of browsers, which this library does without. Follows the WebAssembly JavaScript Interface, with threads.

declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
      private readonly brand: "Module";
    }
    class Instance {
      constructor(module: Module, imports: { readonly [name: string]: { readonly [name: string]: unknown } });
      readonly exports: { readonly [name: string]: unknown };
    }
    class Memory {
      constructor(limits: { readonly initial: number; readonly maximum: number; readonly shared: true });
      readonly buffer: SharedArrayBuffer;
      grow(pages: number): number;
    }
    interface Global {
      readonly value: number;
    }
    function validate(bytes: Uint8Array): boolean;
  }
}

export {};
