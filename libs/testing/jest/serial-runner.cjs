const { default: TestRunner } = require('jest-runner');

/** One file after the other: what it runs are whole systems, which would only take the machine from each other. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
