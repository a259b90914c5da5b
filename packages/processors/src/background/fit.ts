export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** The largest centered rectangle with the proportions of `content` inside `box`, in whole pixels. */
export function contain(content: Size, box: Size): Rectangle {
  const scale = Math.min(box.width / content.width, box.height / content.height);
  return centered(
    { width: Math.round(content.width * scale), height: Math.round(content.height * scale) },
    box,
  );
}

/** The smallest centered rectangle with the proportions of `content` that covers `box`. */
export function cover(content: Size, box: Size): Rectangle {
  const scale = Math.max(box.width / content.width, box.height / content.height);
  return centered({ width: content.width * scale, height: content.height * scale }, box);
}

function centered({ width, height }: Size, box: Size): Rectangle {
  return { x: Math.floor((box.width - width) / 2), y: Math.floor((box.height - height) / 2), width, height };
}
