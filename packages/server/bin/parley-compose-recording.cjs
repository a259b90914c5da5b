#!/usr/bin/env node
require('./require-node.cjs')('parley-compose-recording');
void require('./run.cjs')('../dist/compose-recording.js');
