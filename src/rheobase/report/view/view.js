// A body part that a person can turn: drawn by WebGL where there is any, else pixel by pixel on a plain canvas.
"use strict";
(() => {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const stage = document.getElementById("stage");
  let canvas = document.getElementById("picture");
  const said = document.getElementById("said");
  const LIGHT = unit([-0.35, 0.55, 0.76]);
  const TINT = 0.55, OPAQUE = 0.3;
  const LIT = 0, FLAT = 1, LINE = 2;

  // ---- what came with the page

  function bytes(text) {
    const raw = atob(text), out = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out.buffer;
  }
  function unit(v) {
    const size = Math.hypot(...v) || 1;
    return v.map((x) => x / size);
  }
  const all = [...scene.meshes, ...scene.shells];
  const total = all.reduce((n, m) => n + m.corners, 0);
  const places = new Float32Array(3 * total), normals = new Int8Array(4 * total), uvs = new Uint16Array(2 * total);
  const kinds = new Uint8Array(total), paints = new Uint8Array(4 * total);
  let start = 0, tall = 0;
  for (const mesh of all) {
    const p = new Int16Array(bytes(mesh.points)), n = new Int8Array(bytes(mesh.normals));
    for (let i = 0; i < mesh.corners; i++) {
      for (let k = 0; k < 3; k++) {
        places[3 * (start + i) + k] = p[3 * i + k] * scene.mm_per_step;
        normals[4 * (start + i) + k] = n[3 * i + k];
      }
    }
    kinds.fill(mesh.colour === "line" ? LINE : mesh.flat ? FLAT : LIT, start, start + mesh.corners);
    if (mesh.uv) uvs.set(new Uint16Array(bytes(mesh.uv)), 2 * start);
    if (mesh.drive) mesh.drive = new Int8Array(bytes(mesh.drive));
    const t = new (mesh.corners > 65535 ? Uint32Array : Uint16Array)(bytes(mesh.triangles));
    mesh.triangles = Uint32Array.from(t, (i) => i + start);
    mesh.first = start;
    start += mesh.corners;
    tall += t.length;
  }
  const plain = scene.meshes.filter((m) => m.texture < 0), pictured = scene.meshes.filter((m) => m.texture >= 0);
  const corners = new Uint32Array(tall);
  let filled = 0;
  for (const mesh of [...plain, ...pictured, ...scene.shells]) {
    mesh.from = filled;
    corners.set(mesh.triangles, filled);
    filled += mesh.triangles.length;
  }
  const plainCount = plain.reduce((n, m) => n + m.triangles.length, 0);
  const textures = scene.textures.map((t) => {
    const value = new Uint8Array(bytes(t.values)), run = new Uint16Array(bytes(t.runs));
    const pixels = new Uint8Array(t.width * t.height);
    for (let i = 0, at = 0; i < value.length; at += run[i], i++) pixels.fill(value[i], at, at + run[i]);
    return { ...t, pixels, rgba: new Uint8Array(4 * pixels.length) };
  });

  // ---- colours follow the page, light or dark

  function variable(name) {
    const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }
  function paint() {
    const paper = variable("paper"), known = {};
    for (const [word, [name, tinted]] of Object.entries(scene.words)) {
      known[word] = variable(name).map((c, i) => Math.round(tinted ? TINT * c + (1 - TINT) * paper[i] : c));
    }
    for (const mesh of all) {
      for (let i = 0; i < mesh.corners; i++) {
        let c = known[mesh.colour];
        if (mesh.drive) {
          const share = Math.abs(mesh.drive[i]) / 127, end = mesh.drive[i] > 0 ? known.up : known.down;
          c = known.middle.map((m, k) => Math.round(m + share * (end[k] - m)));
        }
        paints.set([c[0], c[1], c[2], 255], 4 * (mesh.first + i));
      }
    }
    for (const t of textures) {
      const c = t.names.map((name) => known[name]);
      for (let i = 0; i < t.pixels.length; i++) t.rgba.set([...c[t.pixels[i]], 255], 4 * i);
    }
  }

  // ---- the eye: rows of a rotation (right, up, towards the eye), a zoom, and what lies in the middle

  let view, zoom, wide = 1, high = 1, settled = 0, waiting = false;
  function reset(which = "start") {
    view = scene.views[which].slice();
    zoom = scene.zooms[which];
  }
  function turn(right, up, roll = 0) {
    for (const [a, b, angle] of [[0, 2, -right], [1, 2, -up], [0, 1, roll]]) {
      const c = Math.cos(angle), s = Math.sin(angle);
      for (let k = 0; k < 3; k++) {
        const x = view[3 * a + k], y = view[3 * b + k];
        view[3 * a + k] = c * x - s * y;
        view[3 * b + k] = s * x + c * y;
      }
    }
    const x = unit(view.slice(0, 3)), t = view.slice(3, 6), along = x[0] * t[0] + x[1] * t[1] + x[2] * t[2];
    const y = unit(t.map((v, k) => v - along * x[k]));
    view = [...x, ...y, x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  }
  function pxPerMm() {
    const [w, h] = scene.size_mm;
    return zoom * Math.min(wide / w, high / h);
  }

  // ---- two ways to draw the same triangles

  function webgl() {
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: true, preserveDrawingBuffer: false });
    if (!gl) return null;
    const program = gl.createProgram();
    const shaders = [
      [gl.VERTEX_SHADER, `#version 300 es
        in vec3 place; in vec3 normal; in vec4 colour; in vec2 uv; in float kind;
        uniform mat3 view; uniform vec3 middle; uniform vec3 scale;
        out vec3 n; out vec3 c; out vec2 at; flat out float k;
        void main() {
          n = view * normal; c = colour.rgb; at = uv; k = kind;
          gl_Position = vec4(view * (place - middle) * scale, 1.0);
        }`],
      [gl.FRAGMENT_SHADER, `#version 300 es
        precision highp float;
        in vec3 n; in vec3 c; in vec2 at; flat in float k;
        uniform sampler2D picture; uniform bool pictured; uniform vec3 light; uniform float opaque;
        out vec4 colour;
        void main() {
          vec3 base = pictured ? texture(picture, at).rgb : c;
          float lit = abs(dot(normalize(n), light));
          float shade = k > 1.5 ? 1.0 : k > 0.5 ? 0.86 + 0.14 * lit : 0.6 + 0.4 * lit;
          colour = vec4(base * shade, 1.0) * opaque;
        }`],
    ];
    for (const [type, text] of shaders) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
    gl.useProgram(program);
    const colours = gl.createBuffer();
    for (const [name, data, size, type, normed] of [
      ["place", places, 3, gl.FLOAT, false], ["normal", normals, 4, gl.BYTE, true],
      ["uv", uvs, 2, gl.UNSIGNED_SHORT, true], ["kind", kinds, 1, gl.UNSIGNED_BYTE, false], ["colour", null, 4, gl.UNSIGNED_BYTE, true],
    ]) {
      gl.bindBuffer(gl.ARRAY_BUFFER, data ? gl.createBuffer() : colours);
      gl.bufferData(gl.ARRAY_BUFFER, data || paints, gl.STATIC_DRAW);
      const at = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, name === "normal" ? 3 : size, type, normed, name === "normal" ? 4 : 0, 0);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    const seats = textures.map(() => gl.createTexture());
    const at = (name) => gl.getUniformLocation(program, name);
    gl.enable(gl.DEPTH_TEST);
    return {
      sharper: 2,
      recolour() {
        gl.bindBuffer(gl.ARRAY_BUFFER, colours);
        gl.bufferData(gl.ARRAY_BUFFER, paints, gl.STATIC_DRAW);
        textures.forEach((t, i) => {
          gl.bindTexture(gl.TEXTURE_2D, seats[i]);
          gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, t.width, t.height, 0, gl.RGBA, gl.UNSIGNED_BYTE, t.rgba);
          gl.generateMipmap(gl.TEXTURE_2D);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
        });
      },
      draw() {
        const s = pxPerMm();
        gl.viewport(0, 0, canvas.width, canvas.height);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
        gl.uniformMatrix3fv(at("view"), true, view);
        gl.uniform3fv(at("middle"), scene.middle_mm);
        gl.uniform3f(at("scale"), 2 * s / wide, 2 * s / high, -1 / scene.reach_mm);
        gl.uniform3fv(at("light"), LIGHT);
        gl.uniform1i(at("pictured"), 0);
        gl.uniform1f(at("opaque"), 1);
        gl.drawElements(gl.TRIANGLES, plainCount, gl.UNSIGNED_INT, 0);
        gl.uniform1i(at("pictured"), 1);
        for (const mesh of pictured) {
          gl.bindTexture(gl.TEXTURE_2D, seats[mesh.texture]);
          gl.drawElements(gl.TRIANGLES, mesh.triangles.length, gl.UNSIGNED_INT, 4 * mesh.from);
        }
        const through = scene.shells.filter((m) => m.shown);
        if (!through.length) return;
        gl.uniform1i(at("pictured"), 0);
        gl.uniform1f(at("opaque"), OPAQUE);
        gl.enable(gl.BLEND); // colours are multiplied by their opacity already
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
        gl.depthMask(false);
        for (const mesh of through) gl.drawElements(gl.TRIANGLES, mesh.triangles.length, gl.UNSIGNED_INT, 4 * mesh.from);
        gl.depthMask(true);
        gl.disable(gl.BLEND);
      },
    };
  }

  function pixelwise() {
    const pen = canvas.getContext("2d");
    const seen = new Float32Array(3 * total), shades = new Float32Array(total);
    return {
      sharper: 1,
      recolour() {},
      draw() {
        const w = canvas.width, h = canvas.height, s = pxPerMm() * w / wide, m = scene.middle_mm;
        for (let i = 0; i < total; i++) {
          const x = places[3 * i] - m[0], y = places[3 * i + 1] - m[1], z = places[3 * i + 2] - m[2];
          seen[3 * i] = w / 2 + s * (view[0] * x + view[1] * y + view[2] * z);
          seen[3 * i + 1] = h / 2 - s * (view[3] * x + view[4] * y + view[5] * z);
          seen[3 * i + 2] = view[6] * x + view[7] * y + view[8] * z;
          let lit = 0;
          for (let k = 0; k < 3; k++) {
            lit += LIGHT[k] * (view[3 * k] * normals[4 * i] + view[3 * k + 1] * normals[4 * i + 1] + view[3 * k + 2] * normals[4 * i + 2]);
          }
          lit = Math.min(1, Math.abs(lit) / 127);
          shades[i] = kinds[i] === LINE ? 1 : kinds[i] === FLAT ? 0.86 + 0.14 * lit : 0.6 + 0.4 * lit;
        }
        const image = pen.createImageData(w, h), out = image.data, depth = new Float32Array(w * h).fill(-1e9);
        for (const mesh of [...scene.meshes, ...scene.shells.filter((m) => m.shown)]) {
          const t = mesh.texture >= 0 ? textures[mesh.texture] : null, solid = !scene.shells.includes(mesh);
          for (let i = 0; i < mesh.triangles.length; i += 3) fill(mesh.triangles[i], mesh.triangles[i + 1], mesh.triangles[i + 2], t, solid);
        }
        pen.putImageData(image, 0, 0);

        function fill(a, b, c, t, solid) {
          const ax = seen[3 * a], ay = seen[3 * a + 1], bx = seen[3 * b], by = seen[3 * b + 1], cx = seen[3 * c], cy = seen[3 * c + 1];
          const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
          if (Math.abs(area) < 1e-9) return;
          const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5)), right = Math.min(w - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
          const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5)), low = Math.min(h - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
          for (let y = top; y <= low; y++) {
            for (let x = left; x <= right; x++) {
              const px = x + 0.5, py = y + 0.5;
              const p = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area;
              const q = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area, r = 1 - p - q;
              if (p < -1e-6 || q < -1e-6 || r < -1e-6) continue;
              const z = p * seen[3 * a + 2] + q * seen[3 * b + 2] + r * seen[3 * c + 2], at = y * w + x;
              if (z <= depth[at]) continue;
              if (!solid) {
                const tint = shades[a] * OPAQUE, left = 1 - OPAQUE;
                for (let k = 0; k < 3; k++) out[4 * at + k] = out[4 * at + k] * (out[4 * at + 3] ? left : 0) + paints[4 * a + k] * (out[4 * at + 3] ? tint : shades[a]);
                out[4 * at + 3] = out[4 * at + 3] * left + 255 * OPAQUE;
                continue;
              }
              depth[at] = z;
              const shade = p * shades[a] + q * shades[b] + r * shades[c];
              if (t) {
                const u = (p * uvs[2 * a] + q * uvs[2 * b] + r * uvs[2 * c]) / 65536 * t.width;
                const v = (p * uvs[2 * a + 1] + q * uvs[2 * b + 1] + r * uvs[2 * c + 1]) / 65536 * t.height;
                const pixel = 4 * (Math.min(t.height - 1, v | 0) * t.width + Math.min(t.width - 1, u | 0));
                for (let k = 0; k < 3; k++) out[4 * at + k] = t.rgba[pixel + k] * shade;
              } else {
                for (let k = 0; k < 3; k++) out[4 * at + k] = (p * paints[4 * a + k] + q * paints[4 * b + k] + r * paints[4 * c + k]) * shade;
              }
              out[4 * at + 3] = 255;
            }
          }
        }
      },
    };
  }

  // ---- words that move with the picture, and the scale bar

  const words = scene.labels.map((label) => {
    const span = document.createElement("span");
    span.className = "word " + label.kind;
    span.textContent = label.text;
    span.setAttribute("aria-hidden", "true");
    stage.appendChild(span);
    return { ...label, span, width: 0, height: 0 };
  });
  const bar = document.getElementById("bar");
  function place() {
    const s = pxPerMm(), taken = [];
    for (const word of words) {
      const [x, y] = [0, 1].map((r) => [0, 1, 2].reduce((sum, k) => sum + view[3 * r + k] * (word.at[k] - scene.middle_mm[k]), 0));
      const facing = [0, 1, 2].reduce((sum, k) => sum + view[6 + k] * word.normal[k], 0);
      if (!word.width) [word.width, word.height] = [word.span.offsetWidth, word.span.offsetHeight];
      let left = wide / 2 + s * x - word.width / 2;
      const top = high / 2 - s * y - word.height / 2;
      if (word.kind !== "level") left = Math.max(2, Math.min(wide - word.width - 2, left));
      const box = [left, top, left + word.width, top + word.height];
      const free = taken.every((b) => box[0] > b[2] || box[2] < b[0] || box[1] > b[3] || box[3] < b[1]);
      const shown = free && facing > (scene.seen_from[word.kind] ?? 0.2) && top > 0 && box[3] < high;
      word.span.style.visibility = shown ? "visible" : "hidden";
      if (!shown) continue;
      word.span.style.transform = `translate(${left}px, ${top}px)`;
      taken.push(box);
    }
    const mm = [200, 100, 50, 20, 10, 5, 2, 1].find((m) => m * s <= 0.25 * wide) || 1;
    bar.style.width = mm * s + "px";
    bar.textContent = mm + " mm";
  }

  // ---- drawing when something changed: coarse while it moves if drawing is slow, sharp when it rests

  let artist = scene.plain ? null : webgl();
  if (!artist) {
    if (!scene.plain) {
      const fresh = canvas.cloneNode(false); // a canvas that was asked for WebGL gives no plain pen
      canvas.replaceWith(fresh);
      canvas = fresh;
    }
    artist = pixelwise();
  }
  stage.dataset.drawn = artist.sharper === 2 ? "webgl" : "canvas";
  function size() {
    wide = stage.clientWidth;
    high = stage.clientHeight;
    for (const word of words) {
      word.width = 0;
      word.span.textContent = wide < 480 ? word.text.split(": ").pop() : word.text;
    }
  }
  let slow = false;
  function show(moving) {
    const ratio = window.devicePixelRatio || 1, sharp = artist.sharper === 2 ? Math.min(Math.max(ratio, 1.5), 2) : moving ? (slow ? 0.6 : 1) : 2;
    const w = Math.max(1, Math.round(wide * sharp)), h = Math.max(1, Math.round(high * sharp));
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    const began = performance.now();
    artist.draw();
    if (artist.sharper !== 2 && !slow) slow = performance.now() - began > 40;
    place();
    clearTimeout(settled);
    if (moving && artist.sharper !== 2) settled = setTimeout(() => show(false), 180);
  }
  function ask() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; show(true); });
  }
  function recolour() {
    paint();
    artist.recolour();
    show(false);
  }

  // ---- mouse, touch, keys and buttons

  const down = new Map();
  stage.addEventListener("pointerdown", (e) => {
    if (e.target.closest("button")) return;
    down.set(e.pointerId, [e.clientX, e.clientY]);
    stage.setPointerCapture(e.pointerId);
  });
  stage.addEventListener("pointermove", (e) => {
    const was = down.get(e.pointerId);
    if (!was) return;
    const others = [...down.entries()].filter(([id]) => id !== e.pointerId).map(([, p]) => p);
    if (others.length) {
      const [x, y] = others[0];
      const before = [was[0] - x, was[1] - y], now = [e.clientX - x, e.clientY - y];
      scale(Math.hypot(...now) / Math.max(1, Math.hypot(...before)));
      turn(0, 0, Math.atan2(before[1], before[0]) - Math.atan2(now[1], now[0]));
    } else {
      turn((e.clientX - was[0]) / 130, -(e.clientY - was[1]) / 130, 0);
    }
    down.set(e.pointerId, [e.clientX, e.clientY]);
    ask();
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (e) => down.delete(e.pointerId));
  stage.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && document.activeElement !== canvas) return; // the page keeps its own scrolling
    e.preventDefault();
    scale(Math.exp(-e.deltaY / 400));
    ask();
  }, { passive: false });
  function scale(by) {
    zoom = Math.max(0.5, Math.min(8, zoom * by));
  }
  const STEP = Math.PI / 24;
  const acts = {
    left: () => turn(-STEP, 0), right: () => turn(STEP, 0), up: () => turn(0, STEP), down: () => turn(0, -STEP),
    "roll-left": () => turn(0, 0, STEP), "roll-right": () => turn(0, 0, -STEP),
    nearer: () => scale(1.2), farther: () => scale(1 / 1.2),
    shells: () => switchAll(), start: () => reset(), outside: () => reset("outside"), end: () => reset("end"), front: () => reset("front"),
  };
  const boxes = [...document.querySelectorAll("input[data-shell]")];
  function switched() {
    for (const box of boxes) scene.shells[box.dataset.shell].shown = box.checked;
  }
  function switchAll() {
    const on = !boxes.some((box) => box.checked);
    for (const box of boxes) box.checked = on;
    switched();
  }
  for (const box of boxes) box.addEventListener("change", () => { switched(); ask(); });
  switched(); // a browser may remember boxes
  const keys = {
    s: "shells", S: "shells",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "nearer", "=": "nearer",
    "-": "farther", "[": "roll-left", "]": "roll-right", Home: "start", 0: "start", 1: "start", 2: "front", 3: "outside", 4: "end",
  };
  function act(name) {
    acts[name]();
    ask();
    const axis = [view[2], view[5], view[8]].map((v) => Math.round(Math.asin(Math.max(-1, Math.min(1, v))) * 180 / Math.PI));
    said.textContent = `The long axis now points ${Math.abs(axis[0])}° to the ${axis[0] < 0 ? "left" : "right"}, `
      + `${Math.abs(axis[1])}° ${axis[1] < 0 ? "down" : "up"} and ${Math.abs(axis[2])}° ${axis[2] < 0 ? "away" : "towards you"}; zoom ${zoom.toFixed(1)}.`;
  }
  document.addEventListener("keydown", (e) => {
    if (document.activeElement !== canvas || e.altKey || e.ctrlKey || e.metaKey || !(e.key in keys)) return;
    e.preventDefault();
    act(keys[e.key]);
  });
  for (const button of document.querySelectorAll("button[data-act]")) {
    button.addEventListener("click", () => act(button.dataset.act));
  }
  window.addEventListener("resize", () => {
    if (stage.clientWidth === wide && stage.clientHeight === high) return;
    size();
    ask();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

  const asked = location.hash.slice(1).split(",").filter(Boolean); // such as #outside or #start,right,right,nearer
  document.documentElement.classList.add("alive");
  reset();
  size();
  for (const name of asked) if (name in acts) acts[name]();
  recolour();
})();
