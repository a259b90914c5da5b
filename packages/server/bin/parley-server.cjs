#!/usr/bin/env node
require('./require-node.cjs')('parley-server');
void require('./run.cjs')('../dist/main.js');
