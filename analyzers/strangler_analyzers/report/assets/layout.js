// Where seams lie on the map: circles that attract each other by what ties them and never overlap. No randomness.
const GAP = 9;
function layout() {
  for (const seam of seams) {
    const angle = seam.place * 2.39996, far = 34 * Math.sqrt(seam.place + 0.5);
    Object.assign(seam, { radius: GAP * Math.sqrt(seam.members.length) * 0.62 + 12, x: far * Math.cos(angle) * 2, y: far * Math.sin(angle) * 2 });
  }
  const springs = [...pairs().values()].map((pair) => ({ one: pair.source, other: pair.target, pull: Math.log2(1 + pair.weight) }));
  const strongest = Math.max(1, ...springs.map((spring) => spring.pull));
  for (let round = 0; round < 300; round++) {
    const heat = 1 - round / 300;
    for (const { one, other, pull } of springs) attract(one, other, 0.02 * heat * (pull / strongest) ** 2);
    for (const seam of seams) { seam.x *= 1 - 0.004 * heat; seam.y *= 1 - 0.006 * heat; }
    separate();
  }
  for (const seam of seams) pack(seam);
}
function attract(one, other, share) {
  const dx = (other.x - one.x) * share, dy = (other.y - one.y) * share;
  one.x += dx; one.y += dy; other.x -= dx; other.y -= dy;
}
function separate() {
  for (let i = 0; i < seams.length; i++) {
    for (let j = i + 1; j < seams.length; j++) {
      const one = seams[i], other = seams[j];
      let dx = other.x - one.x, dy = other.y - one.y;
      const apart = Math.hypot(dx, dy) || 0.01, least = (one.radius + other.radius) * 1.12 + 26;
      if (apart >= least) continue;
      const push = (least - apart) / apart / 2;
      dx = (dx || 0.01) * push; dy *= push;
      one.x -= dx; one.y -= dy; other.x += dx; other.y += dy;
    }
  }
}
// Modules fill their circle like the seeds of a sunflower, the most used in the middle.
function pack(seam) {
  const order = [...seam.members].sort((a, b) => b.in.length - a.in.length || a.id - b.id);
  order.forEach((module, place) => {
    const far = GAP * 0.58 * Math.sqrt(place + 0.3), angle = place * 2.39996;
    module.x = seam.x + far * Math.cos(angle);
    module.y = seam.y + far * Math.sin(angle);
  });
}
