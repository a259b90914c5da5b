let turn = 0;
let isArmed = false;

/**
 * Numbers the turns of the event loop. All packets that came while the loop was busy are received in one turn and seem
 * to have arrived together.
 */
export function loopTurn(): number {
  if (!isArmed) {
    isArmed = true;
    setImmediate(() => {
      isArmed = false;
      turn += 1;
    });
  }
  return turn;
}
