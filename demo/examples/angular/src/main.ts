import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { CallComponent } from './call.component';

bootstrapApplication(CallComponent, { providers: [provideZonelessChangeDetection()] }).catch(console.error);
