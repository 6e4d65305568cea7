import { measureEstate } from './attack-estate.ts';
import { measure, type Task } from './measure.ts';

// One process, one measurement: the parent reads the JSON from stdout.
const task = JSON.parse(process.argv[2]!) as Task | { engine: 'estate'; nodes: number };
process.stdout.write(JSON.stringify(task.engine === 'estate' ? measureEstate(task.nodes) : measure(task)));
