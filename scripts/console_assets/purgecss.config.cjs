// Only the styles of Paragon that the console's templates and scripts name.
module.exports = {
  content: [`${process.env.CONSOLE}/**/*.html`, `${process.env.CONSOLE}/**/*.py`, `${process.env.CONSOLE}/public/console.js`],
  safelist: { standard: ["html", "body", "show"], variables: [] },
  fontFace: true,
  keyframes: true,
  variables: true,
};
