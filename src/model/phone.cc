// The only C++ file: libphonenumber has no C interface.
#include <phonenumbers/phonenumberutil.h>

#include <string>

extern "C" {
#include "model/phone_e164.h"
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

size_t lm_phone_e164(const char *p, size_t n, const char *region, char *out, size_t cap)
{
    try {
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(p, n), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
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

bool lm_phone_facts(const char *p, size_t n, struct lm_phone_facts *ret)
{
    try {
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(p, n), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
            return false;
        ret->assigned = util->IsValidNumber(number);
        ret->local_only = util->IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY;
        return true;
    } catch (...) {
        return false;
    }
}
