/** What the tokens of cards are sealed for. */
export const CARD_TOKEN = 'token of a card'
