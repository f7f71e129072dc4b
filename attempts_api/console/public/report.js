// Draws each [data-chart] from the table in the same section: the numbers are on the page once. Without script, or without
// charts.js, the tables are all there is.
"use strict";

(() => {
  const isRtl = document.documentElement.dir === "rtl";
  const language = document.documentElement.lang || undefined;
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const INK = "#1f2328";
  // Dark enough for 3:1 beside white and beside each other; the second and third are hatched, so that colour is not all.
  const FILLS = [
    { colour: "#0a3055", stripes: null },
    { colour: "#b5450b", stripes: "#ffffff" },
  ];

  const fill = ({ colour, stripes }) => {
    if (!stripes) {
      return colour;
    }
    const tile = document.createElement("canvas");
    tile.width = tile.height = 10;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 10, 10);
    pen.strokeStyle = stripes;
    pen.lineWidth = 1.5;
    for (const from of [-5, 0, 5]) {
      pen.beginPath();
      pen.moveTo(from, 10);
      pen.lineTo(from + 10, 0);
      pen.stroke();
    }
    return pen.createPattern(tile, "repeat");
  };

  const numbers = (rows, column) =>
    rows.map((row) => {
      const value = row.cells[column].dataset.value;
      return value === "" ? null : Number(value);
    });

  const draw = (figure) => {
    const table = figure.closest("section").querySelector("table");
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    const isPercent = figure.dataset.format === "percent";
    const isLying = "lying" in figure.dataset;
    const format = new Intl.NumberFormat(language, isPercent ? { style: "percent" } : { maximumFractionDigits: 2 });
    const told = (value) => format.format(value);
    const drawn = heads.map((head, column) => ({ head, column })).filter(({ head }) => "drawn" in head.dataset);
    const names = {
      title: { display: true, text: heads[0].textContent, color: INK },
      ticks: { color: INK, autoSkip: !isLying },
      grid: { display: false },
    };
    const values = {
      beginAtZero: true,
      max: isPercent ? 1 : undefined,
      ticks: { color: INK, callback: told, precision: isPercent ? undefined : 0 },
    };
    // Right to left, bars stand in the other order, or grow to the other side.
    const sideways = isRtl ? { reverse: true } : {};
    const upright = isRtl ? { position: "right" } : {};

    figure.hidden = false;
    if (isLying) {
      figure.querySelector(".console-chart").style.blockSize = `${Math.max(16, 3 + 2.5 * rows.length)}rem`;
    }
    return new window.Chart(figure.querySelector("canvas"), {
      type: "bar",
      data: {
        labels: rows.map((row) => row.cells[0].querySelector("bdi").textContent),
        datasets: drawn.map(({ head, column }, place) => ({
          label: head.textContent,
          data: numbers(rows, column),
          backgroundColor: fill(FILLS[place % FILLS.length]),
          borderColor: FILLS[place % FILLS.length].colour,
          borderWidth: 1.5,
        })),
      },
      options: {
        animation: isCalm ? false : undefined,
        indexAxis: isLying ? "y" : "x",
        locale: language,
        maintainAspectRatio: false,
        scales: isLying
          ? { x: { ...values, ...sideways }, y: { ...names, ...upright } }
          : { x: { ...names, ...sideways }, y: { ...values, ...upright } },
        plugins: {
          legend: { display: drawn.length > 1, rtl: isRtl, labels: { color: INK } },
          tooltip: {
            rtl: isRtl,
            textDirection: isRtl ? "rtl" : "ltr",
            callbacks: { label: (item) => `${item.dataset.label}: ${told(item.raw)}` },
          },
        },
      },
    });
  };

  const start = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
  if (window.Chart) {
    start();
  }
})();
