// The only C++ file: libphonenumber has no C interface.
#include <phonenumbers/phonenumberutil.h>

#include <string>

extern "C" {
#include "model/phone_e164.h"
}

size_t lm_phone_e164(const char *p, size_t n, char *out, size_t cap)
{
    try {
        using i18n::phonenumbers::PhoneNumber;
        using i18n::phonenumbers::PhoneNumberUtil;
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(p, n), "US", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
            return 0;
        if (!util->IsPossibleNumber(number))
            return 0;
        std::string e164;
        util->Format(number, PhoneNumberUtil::E164, &e164);
        if (e164.empty() || e164.size() > cap)
            return 0;
        e164.copy(out, e164.size());
        return e164.size();
    } catch (...) {
        return 0;
    }
}
