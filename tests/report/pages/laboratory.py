"""The laboratory's engine in a browser, without its panel: for tests and for the benchmark."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from report.pages.lab_scripts import read_engine

OPEN = """(engine) => {
  const worker = new Worker(URL.createObjectURL(new Blob([engine], { type: "text/javascript" })));
  let asked = 0;
  window.ask = (kind, given) => new Promise((resolve, reject) => {
    const id = ++asked;
    const hear = ({ data }) => {
      if (data.id !== id) return;
      worker.removeEventListener("message", hear);
      if (data.sentence) reject(new Error(data.sentence));
      else resolve(data.answer);
    };
    worker.addEventListener("message", hear);
    worker.postMessage({ id, kind, ...given });
  });
  window.unfold = (text, side) => {
    const pixels = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return { height: side, width: side, pixels };
  };
  window.fold = (numbers) => {
    const bytes = new Uint8Array(numbers.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  };
}"""

OUTPUTS = """async ([network, pictures, side]) => {
  const found = [];
  for (const text of pictures) {
    const { height, width, channels, data } = await ask("outputs", { network, picture: unfold(text, side) });
    found.push(fold(data));
  }
  return found;
}"""


def open_engine(page: Page, networks: Mapping[str, Any], palette: Sequence[Sequence[float]]) -> None:
    """Start the worker in a page, and hand it the networks."""
    page.goto("about:blank")
    page.evaluate(OPEN, read_engine())
    page.evaluate("(given) => ask('open', given)", {"networks": networks, "palette": palette})


def run_outputs(page: Page, network: str, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pictures (N, S, S, 3) uint8 -> the outputs (N, S, S, outputs) of a network in the browser."""
    texts = [base64.b64encode(picture.tobytes()).decode() for picture in pictures]
    found = page.evaluate(OUTPUTS, [network, texts, pictures.shape[1]])
    numbers = [np.frombuffer(base64.b64decode(text), "<f4") for text in found]
    return np.stack(numbers).reshape(*pictures.shape[:3], -1)
