const prices = { "Green tea": 450, "Black tea": 380 };

exports.total = (names) => names.reduce((sum, name) => sum + (prices[name] ?? 0), 0);
