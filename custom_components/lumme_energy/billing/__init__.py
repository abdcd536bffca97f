"""The rules of energy bills: paying, checking, foreseeing. Pure; knows no Home Assistant."""
