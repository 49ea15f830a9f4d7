// Bones and muscles of one or more takes, side by side, turned by dragging. No library, no network.
(() => {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const canvas = document.getElementById("film"), play = document.getElementById("film-play");
  const slider = document.getElementById("film-time"), words = document.getElementById("film-words");
  const ink = canvas.getContext("2d"), count = scene.takes[0].frames.length;
  let turn = scene.turn_deg * Math.PI / 180, frame = 0, running = !matchMedia("(prefers-reduced-motion: reduce)").matches, last = 0;
  slider.max = count - 1;

  const paint = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const place = (body, p) => [0, 1, 2].map(
    (i) => body[i] + body[3 + 3 * i] * p[0] + body[4 + 3 * i] * p[1] + body[5 + 3 * i] * p[2]);
  const hub = scene.takes[0].frames[0].bodies[0];
  // Forward is -y of the model, up is z, and the right side faces the reader.
  const seen = (p) => {
    const x = p[0] - hub[0], y = p[1] - hub[1], c = Math.cos(turn), s = Math.sin(turn);
    return [-(c * y - s * x), p[2] - hub[2], c * x + s * y];
  };

  const box = (() => {
    const far = [1e9, -1e9, 1e9, -1e9];
    for (const take of scene.takes) for (const f of take.frames) scene.bones.forEach((bone, b) => {
      for (const p of bone.points_m) {
        const q = seen(place(f.bodies[b], p));
        far[0] = Math.min(far[0], q[0]); far[1] = Math.max(far[1], q[0]);
        far[2] = Math.min(far[2], q[1]); far[3] = Math.max(far[3], q[1]);
      }
    });
    return far;
  })();

  const shade = (hex, light) => {
    const v = parseInt(hex.slice(1), 16);
    return `rgb(${[16, 8, 0].map((b) => Math.round(((v >> b) & 255) * (0.55 + 0.45 * light))).join(",")})`;
  };

  function draw() {
    const wide = canvas.clientWidth, high = canvas.clientHeight, dots = devicePixelRatio || 1;
    canvas.width = wide * dots; canvas.height = high * dots;
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, wide, high);
    const each = wide / scene.takes.length;
    const scale = Math.min((each - 24) / (box[1] - box[0]), (high - 48) / (box[3] - box[2]));
    const bone = paint("--bone-solid"), muscle = paint("--muscle");
    scene.takes.forEach((take, t) => {
      const f = take.frames[frame];
      const at = (q) => [each * (t + 0.5) + (q[0] - (box[0] + box[1]) / 2) * scale, 36 + (box[3] - q[1]) * scale];
      const faces = [];
      scene.bones.forEach((b, i) => {
        const points = b.points_m.map((p) => seen(place(f.bodies[i], p)));
        for (const [m, n, o] of b.faces) {
          const a = points[m], e = points[n], g = points[o];
          const u = [e[0] - a[0], e[1] - a[1], e[2] - a[2]], v = [g[0] - a[0], g[1] - a[1], g[2] - a[2]];
          const z = u[0] * v[1] - u[1] * v[0];
          const size = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], z) || 1;
          faces.push([a[2] + e[2] + g[2], a, e, g, Math.abs(z) / size]);
        }
      });
      faces.sort((p, q) => q[0] - p[0]);
      for (const [, a, e, g, light] of faces) {
        ink.beginPath(); ink.moveTo(...at(a)); ink.lineTo(...at(e)); ink.lineTo(...at(g)); ink.closePath();
        ink.fillStyle = ink.strokeStyle = shade(bone, light); ink.lineWidth = 0.6; ink.fill(); ink.stroke();
      }
      ink.strokeStyle = muscle; ink.lineCap = ink.lineJoin = "round";
      f.paths.forEach((path, k) => {
        ink.lineWidth = 1.5 + 9 * f.pulls[k];
        ink.beginPath();
        path.forEach((p, i) => { const q = at(seen(p)); i ? ink.lineTo(...q) : ink.moveTo(...q); });
        ink.stroke();
      });
      ink.fillStyle = paint("--ink"); ink.font = "600 13px system-ui, sans-serif"; ink.textAlign = "center";
      ink.fillText(take.plain, each * (t + 0.5), 18);
    });
    slider.value = frame;
    words.textContent = `${Math.round(100 * frame / (count - 1))} % of the way`;
  }

  function tick(now) {
    if (running && now - last > 1000 * scene.takes[0].seconds * 2 / count) {
      frame = (frame + 1) % count; last = now; draw();
    }
    requestAnimationFrame(tick);
  }
  const say = () => { play.textContent = running ? "Pause" : "Play"; };
  play.onclick = () => { running = !running; say(); };
  slider.oninput = () => { running = false; say(); frame = +slider.value; draw(); };
  let from = null;
  canvas.onpointerdown = (e) => { from = e.clientX; canvas.setPointerCapture(e.pointerId); };
  canvas.onpointermove = (e) => { if (from !== null) { turn += (e.clientX - from) / 120; from = e.clientX; draw(); } };
  canvas.onpointerup = () => { from = null; };
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  frame = Math.round(0.8 * (count - 1)); say(); draw(); requestAnimationFrame(tick);
})();
