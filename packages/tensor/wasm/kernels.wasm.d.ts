/** The address of the kernels, as bundlers give it for an asset (`@cachalot/tensor/kernels.wasm?url` in Vite). */
declare const address: string;
export default address;
