/** Cards and bookings of the TravelAPI, as the data writes them. */

export interface Card {
  card_number: string;
  expiration_date: string;
  cardholder_name: string;
  card_verification_number: number;
  balance?: number;
}

export interface Booking {
  card_id: string;
  travel_date: string;
  travel_from: string;
  travel_to: string;
  travel_class: string;
  travel_cost: number;
  transaction_id: string;
}
