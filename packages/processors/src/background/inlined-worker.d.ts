/** A worker whose code the build puts into the file that imports it. */
declare module '*?worker&inline' {
  const InlinedWorker: new () => Worker;
  export default InlinedWorker;
}
