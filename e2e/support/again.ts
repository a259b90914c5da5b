/** Does what a user does who reads that the network failed: tries again. */
export async function again(action: () => Promise<void>, tries = 12): Promise<void> {
  try {
    await action();
  } catch (error) {
    const isNetwork = /ConnectionError|TimeoutError|ServerError: .*HTTP 502/.test(String(error));
    if (!isNetwork || tries === 1) throw error;
    await again(action, tries - 1);
  }
}
