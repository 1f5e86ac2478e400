import { Controller, Get } from '@nestjs/common';
import { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Desk } from '../desk/partner-desk.js';
import { page } from './page.js';

const CONTENT_SECURITY = "default-src 'none'; style-src 'unsafe-inline'";

@Controller()
export class PageController {
  constructor(private readonly desk: Desk) {}

  @Documented({ summary: 'The page that shows it all', answers: { 200: { description: 'HTML' } } })
  @Get('/')
  show(): Answer<string> {
    const partners = { atms: this.desk.all('atms'), banks: this.desk.all('banks'), institutions: this.desk.all('institutions') };
    const html = page(partners, (partner) =>
      partner.lastLines.map(({ at, event, amount, currency, id, seq }) => `${seq}  ${at}  ${event} ${amount} ${currency}  ${id}`),
    );
    return new Answer(200, html, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CONTENT_SECURITY });
  }
}
