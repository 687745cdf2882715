export const planQuestion = 'What exactly will happen, and how is each step undone?';
